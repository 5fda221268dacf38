package tasks

import (
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
)

// Connect reads the address of a Redis, without touching the network:
//
//	redis://user:password@host:6379/0            one server (rediss:// with TLS)
//	redis-sentinel://user:password@a:26379,b:26379/0?master=name
//	redis-cluster://user:password@a:6379,b:6379
//
// User, password and number of the database may be left out. The sentinels' own
// sign-in is given by sentinel_username and sentinel_password, TLS for Sentinel
// and Cluster by tls=true. asynq's own parser knows no cluster and drops the user.
// An error never repeats the address: it holds a password.
func Connect(address string) (asynq.RedisConnOpt, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the Redis address is not a URL")
	}
	switch parsed.Scheme {
	case "redis", "rediss":
		return standalone(address)
	case "redis-sentinel":
		return sentinel(parsed)
	case "redis-cluster":
		return cluster(parsed)
	}
	return nil, errors.New("the Redis address has to begin with redis:, rediss:, redis-sentinel: or redis-cluster:")
}

// dialed is a connection made by go-redis itself, which knows more settings than
// asynq passes on. Its calls end with their contexts: without ContextTimeoutEnabled
// one that hangs goes on, and is tried again, until go-redis's own limits.
type dialed func() redis.UniversalClient

// MakeRedisClient makes a new client; asynq wants it untyped.
func (d dialed) MakeRedisClient() any { return d() }

func standalone(address string) (asynq.RedisConnOpt, error) {
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, errors.New("the Redis address cannot be read: redis://user:password@host:port/database")
	}
	return dialed(func() redis.UniversalClient {
		fresh := *options // NewClient fills in defaults
		fresh.ContextTimeoutEnabled = true
		return redis.NewClient(&fresh)
	}), nil
}

func sentinel(address *url.URL) (asynq.RedisConnOpt, error) {
	query := address.Query()
	master := query.Get("master")
	if master == "" {
		return nil, errors.New("the Redis address names no master: redis-sentinel://host:port?master=name")
	}
	database := 0
	if path := strings.Trim(address.Path, "/"); path != "" {
		var err error
		if database, err = strconv.Atoi(path); err != nil {
			return nil, errors.New("the Redis address has to end with the number of the database")
		}
	}
	user, password := signIn(address)
	return dialed(func() redis.UniversalClient {
		return redis.NewFailoverClient(&redis.FailoverOptions{
			MasterName: master, SentinelAddrs: hosts(address, "26379"), DB: database,
			Username: user, Password: password,
			SentinelUsername: query.Get("sentinel_username"), SentinelPassword: query.Get("sentinel_password"),
			TLSConfig: encryption(query), ContextTimeoutEnabled: true,
		})
	}), nil
}

func cluster(address *url.URL) (asynq.RedisConnOpt, error) {
	if path := strings.Trim(address.Path, "/"); path != "" && path != "0" {
		return nil, errors.New("a Redis Cluster has the database 0 alone")
	}
	user, password := signIn(address)
	return dialed(func() redis.UniversalClient {
		return redis.NewClusterClient(&redis.ClusterOptions{
			Addrs: hosts(address, "6379"), Username: user, Password: password,
			TLSConfig: encryption(address.Query()), ContextTimeoutEnabled: true,
		})
	}), nil
}

func signIn(address *url.URL) (user, password string) {
	password, _ = address.User.Password()
	return address.User.Username(), password
}

func hosts(address *url.URL, port string) []string {
	list := strings.Split(address.Host, ",")
	for i, host := range list {
		if _, _, err := net.SplitHostPort(host); err != nil {
			list[i] = net.JoinHostPort(host, port)
		}
	}
	return list
}

// encryption leaves the server's name to go-redis, which takes the dialled host.
func encryption(query url.Values) *tls.Config {
	if wanted, _ := strconv.ParseBool(query.Get("tls")); !wanted {
		return nil
	}
	return &tls.Config{MinVersion: tls.VersionTLS12}
}
