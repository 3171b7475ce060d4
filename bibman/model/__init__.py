"""The nouns: entries, names, dates, identifiers, keys and LaTeX text. Pure: strings in, values out."""
