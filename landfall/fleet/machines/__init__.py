"""A fleet over many machines: its plan in the form of CI systems, and the results they bring back.

`jobs` divides the waves into jobs, `github`, `gitlab` and `codebuild` write them down, `gathering`
reads what the jobs report. These systems schedule, retry and log: Landfall has no scheduler of its
own over the network.
"""
