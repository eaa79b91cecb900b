"""What `retrieval.py` measures ranked retrieval with: readers, metrics, typos, engines and tables."""
