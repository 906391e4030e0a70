"""Everything outside the core: databases, chat platforms, the terminal. Adapters do not know each other."""
