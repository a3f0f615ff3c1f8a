"""Measures the program on this machine: `./run bench`. No figure here ever fails a test."""
