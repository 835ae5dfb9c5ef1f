module track-skills/client/go

go 1.21
