"""The team: roles, the answers it gives, the questions that wait for one, and files of them."""
