"""The commands of `pullquote`, a module a group; what is heavy is imported by the command that needs it."""
