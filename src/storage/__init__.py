"""What is asked of D1: a module for each subject, one function a question, each binding files of sql/."""
