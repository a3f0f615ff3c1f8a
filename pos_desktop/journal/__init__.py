"""The till's own durable record of what it did, and the basket it is working on."""
