"""What buttons and forms carry, by theme."""
