"""The data plane: authorization, payload format 2.0 both ways, CORS, and the pipeline that puts them in order."""
