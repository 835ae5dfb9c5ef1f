module drive

go 1.21

require track-skills/client/go v0.0.0

replace track-skills/client/go => ../../../client/go
