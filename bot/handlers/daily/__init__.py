"""What a subscriber does in the chat."""
