"""The commands of `pullquote`, one module a group; commands import heavy modules themselves."""
