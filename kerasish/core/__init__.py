"""What everything rests on: errors, settings, dtypes, names, trees, registry."""
