"""What the team does in the chat."""
