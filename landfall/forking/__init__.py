"""Start Python programs by forking a process that has loaded their modules already.

Most of a short program's time is the loading of its modules: the SDK and the components in a Pulumi
program, the emulator in a sandbox server. Where many such programs run one after the other, as in
`landfall fleet` and the test suite, a fork server loads each kind's modules once.

`own_server` starts a server for a command, `client.start` asks for a process, `server` serves, and
`templates` says what a kind is.
The variable `LANDFALL_FORK_SERVER` names the server's socket; without it programs start as usual.
"""
