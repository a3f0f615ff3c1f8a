"""The register: the window a cashier sells in."""
