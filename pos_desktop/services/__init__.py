"""Use cases: one function per verb of the shop."""
