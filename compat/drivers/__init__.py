"""Drivers of one resource each, written once for both clients of the Python SDK (see ../resources.py)."""
