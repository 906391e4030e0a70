"""Work that is not an answer to one message: importing courses and keeping the index in step with the store."""
