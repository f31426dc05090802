"""Files that are read with care: plain files, arrays, typed JSON."""
