"""What a pupil has learnt so far: figures on lessons that it was not taught."""
