"""Printers, drawers and what is sent to them."""
