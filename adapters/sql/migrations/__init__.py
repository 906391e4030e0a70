"""The steps that bring a database to the present schema; `schema.py` runs them."""
