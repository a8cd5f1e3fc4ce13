"""Recordings: rosbag2 folders, MCAP and SQLite files, read and written without ROS."""
