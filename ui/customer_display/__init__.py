"""The customer's own window: what is bought, what it comes to, what is given back."""
