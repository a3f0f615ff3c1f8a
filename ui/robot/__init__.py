"""The robot cashier: plays a script of a shop day through the real register window."""
