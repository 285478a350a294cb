// A function in Go for the runtime provided.al2023. It asks for its invocations itself, over the Lambda Runtime API, so
// that it builds without a module from elsewhere; github.com/aws/aws-lambda-go does the same.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
)

type event struct {
	RawPath string `json:"rawPath"`
	Body    string `json:"body"`
}

type answer struct {
	StatusCode int    `json:"statusCode"`
	Body       string `json:"body"`
}

type failure struct {
	ErrorType    string `json:"errorType"`
	ErrorMessage string `json:"errorMessage"`
}

func handle(asked event) (answer, error) {
	number := strings.TrimPrefix(asked.RawPath, "/orders/")
	if number == asked.RawPath {
		return answer{}, fmt.Errorf("no route for %s", asked.RawPath)
	}
	fmt.Println("looking up", number)
	return answer{200, fmt.Sprintf("order %s in %s", number, os.Getenv("CURRENCY"))}, nil
}

func serve(api string) error {
	next, err := http.Get(api + "next")
	if err != nil {
		return err
	}
	defer next.Body.Close()
	var asked event
	if err := json.NewDecoder(next.Body).Decode(&asked); err != nil {
		return err
	}
	made, failed := handle(asked)
	where, result := "/response", any(made)
	if failed != nil {
		where, result = "/error", failure{"NoRoute", failed.Error()}
	}
	body, err := json.Marshal(result)
	if err != nil {
		return err
	}
	id := next.Header.Get("Lambda-Runtime-Aws-Request-Id")
	sent, err := http.Post(api+id+where, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	return sent.Body.Close()
}

func main() {
	api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
	for {
		if err := serve(api); err != nil {
			log.Fatal(err)
		}
	}
}
