"""What is said, made from values: nothing here asks a store or a clock."""
