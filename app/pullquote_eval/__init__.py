"""Measuring answers on labelled sets, and fitting the confidence to them."""
