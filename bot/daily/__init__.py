"""Daily lessons: who gets which one when, what is sent unasked, and how a line says all that."""
