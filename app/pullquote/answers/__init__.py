"""What is asked, chosen, judged and composed into an answer."""
