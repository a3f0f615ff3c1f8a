"""The inventory window: where a manager runs the shop."""
