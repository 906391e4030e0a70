"""What the bot does with each kind of request; one small module each."""
