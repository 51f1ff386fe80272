"""Ask a policy debate; read the answer in the sources' own words."""

__version__ = "0.1.0"
