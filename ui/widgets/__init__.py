"""Painted and stock widgets shared by every window."""
