"""The register's screens beside the sale: signing in, shifts, paying, change, age, reasons, lists."""
