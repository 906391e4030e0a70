"""What a course says, and how a question finds it.

Pure: it reads files and strings and answers with values. It imports none of the project's other folders.
"""
