"""Task "seen" as a study: conditions, measures, tables."""
