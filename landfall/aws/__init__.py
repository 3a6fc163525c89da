"""What AWS defines, each table and format once, with its source. Pure data and functions."""
