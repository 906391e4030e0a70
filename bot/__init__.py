"""The platform-free core: what is heard, what is said, and the ports to everything outside."""
