"""The stores of the team: roles, changes of answers, cases, files."""
