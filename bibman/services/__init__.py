"""The verbs: what a user does with a library, without a face."""
