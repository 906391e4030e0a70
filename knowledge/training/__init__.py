"""How the table of word vectors was made: from texts to sentences, from sentences to the table.

Only for those who make the table anew (`docs/vectors.md`); the bot imports nothing of this.
"""
