package store

import (
	"context"
	"sync"
)

// lines let one goroutine of this process at a time stand at a door: the others
// need not ask the database how long the line is.
type lines struct {
	mu sync.Mutex
	by map[string]*line
}

type line struct {
	waiting int // and those at the door
	first   chan struct{}
	news    chan struct{} // one of ours has left
}

func (l *lines) enter(ctx context.Context, destination string) (*line, error) {
	l.mu.Lock()
	if l.by == nil {
		l.by = map[string]*line{}
	}
	if l.by[destination] == nil {
		l.by[destination] = &line{first: make(chan struct{}, 1), news: make(chan struct{}, 1)}
	}
	at := l.by[destination]
	at.waiting++
	l.mu.Unlock()
	select {
	case at.first <- struct{}{}:
		return at, nil
	case <-ctx.Done():
		l.forget(destination)
		return nil, ctx.Err()
	}
}

func (l *lines) leave(destination string, at *line) {
	<-at.first
	l.forget(destination)
}

func (l *lines) forget(destination string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by[destination].waiting--; l.by[destination].waiting == 0 {
		delete(l.by, destination)
	}
}

// tell wakes who stands at the door.
func (l *lines) tell(destination string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at := l.by[destination]; at != nil {
		select {
		case at.news <- struct{}{}:
		default:
		}
	}
}
