"""What is wrong with an agreement's file or its cases, or may not be meant as it stands: each told with its place."""
