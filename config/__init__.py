"""The outermost ring: settings, wiring and the command line. Nothing imports it."""
