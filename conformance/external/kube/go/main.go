// Kubeclients drives the fake Kubernetes API with the libraries that controllers are built on:
// client-go (informers, leader election) and controller-runtime (a manager with a reconciler).
// It prints one line of TAP for each flow. usage: kubeclients KUBECONFIG NAMESPACE
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

const (
	patience  = 30 * time.Second
	finalizer = "lattice.example/guard"
)

// world is what every flow gets.
type world struct {
	config    *rest.Config
	clients   kubernetes.Interface
	namespace string
}

func service(name string) *corev1.Service {
	return &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": name},
			Ports:    []corev1.ServicePort{{Name: "http", Port: 80}},
		},
	}
}

// until reports an error when the condition does not hold within the patience.
func until(what string, holds func() (bool, error)) error {
	end := time.Now().Add(patience)
	for {
		done, err := holds()
		if err != nil || done {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("%s did not happen within %s", what, patience)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// informerFlow lists and watches: an informer sees a creation, a patch and a deletion.
func informerFlow(ctx context.Context, w *world) error {
	factory := informers.NewSharedInformerFactoryWithOptions(w.clients, 0, informers.WithNamespace(w.namespace))
	events := make(chan string, 100)
	informer := factory.Core().V1().Services().Informer()
	note := func(kind string, object any) {
		if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
			object = gone.Obj
		}
		events <- kind + " " + object.(*corev1.Service).Name
	}
	if _, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { note("add", object) },
		UpdateFunc: func(_, object any) { note("update", object) },
		DeleteFunc: func(object any) { note("delete", object) },
	}); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return fmt.Errorf("the informer did not sync")
	}
	services := w.clients.CoreV1().Services(w.namespace)
	if _, err := services.Create(ctx, service("seen"), metav1.CreateOptions{}); err != nil {
		return err
	}
	patch := []byte(`{"metadata":{"labels":{"flow":"informer"}}}`)
	if _, err := services.Patch(ctx, "seen", types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		return err
	}
	if err := services.Delete(ctx, "seen", metav1.DeleteOptions{}); err != nil {
		return err
	}
	for _, expected := range []string{"add seen", "update seen", "delete seen"} {
		select {
		case got := <-events:
			if got != expected {
				return fmt.Errorf("expected %q, got %q", expected, got)
			}
		case <-time.After(patience):
			return fmt.Errorf("%q was not seen", expected)
		}
	}
	return nil
}

// leaseFlow takes a lease as leader election does: create, renew, and lose against another writer.
func leaseFlow(ctx context.Context, w *world) error {
	leases := w.clients.CoordinationV1().Leases(w.namespace)
	holder, seconds := "one", int32(15)
	now := metav1.NewMicroTime(time.Now().Truncate(time.Microsecond)) // what a lease can hold
	lease, err := leases.Create(ctx, &coordinationv1.Lease{
		ObjectMeta: metav1.ObjectMeta{Name: "leader"},
		Spec: coordinationv1.LeaseSpec{HolderIdentity: &holder, LeaseDurationSeconds: &seconds,
			AcquireTime: &now, RenewTime: &now},
	}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	stale := lease.DeepCopy()
	later := metav1.NewMicroTime(now.Add(2 * time.Second))
	lease.Spec.RenewTime = &later
	if lease, err = leases.Update(ctx, lease, metav1.UpdateOptions{}); err != nil {
		return err
	}
	if !lease.Spec.RenewTime.Equal(&later) || *lease.Spec.HolderIdentity != holder {
		return fmt.Errorf("the renewed lease reads %v", lease.Spec)
	}
	other := "two"
	stale.Spec.HolderIdentity = &other
	if _, err = leases.Update(ctx, stale, metav1.UpdateOptions{}); !apierrors.IsConflict(err) {
		return fmt.Errorf("a stale update must conflict, got %v", err)
	}
	return nil
}

// helperFlow asks for pods by annotation and finds them behind an EndpointSlice.
func helperFlow(ctx context.Context, w *world) error {
	wanted := service("helped")
	wanted.Annotations = map[string]string{"lattice.sim/pods": "2"}
	if _, err := w.clients.CoreV1().Services(w.namespace).Create(ctx, wanted, metav1.CreateOptions{}); err != nil {
		return err
	}
	pods, err := w.clients.CoreV1().Pods(w.namespace).List(ctx, metav1.ListOptions{LabelSelector: "app=helped"})
	if err != nil {
		return err
	}
	slices, err := w.clients.DiscoveryV1().EndpointSlices(w.namespace).List(ctx,
		metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=helped"})
	if err != nil {
		return err
	}
	if len(pods.Items) != 2 || len(slices.Items) != 1 || len(slices.Items[0].Endpoints) != 2 {
		return fmt.Errorf("%d pods, %d slices", len(pods.Items), len(slices.Items))
	}
	if !*slices.Items[0].Endpoints[0].Conditions.Ready {
		return fmt.Errorf("the endpoint is not ready")
	}
	return nil
}

// guard is a reconciler as controllers have it: it adds a finalizer, and takes it away again.
type guard struct{ client.Client }

func (g *guard) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var object corev1.Service
	if err := g.Get(ctx, request.NamespacedName, &object); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if object.Labels["flow"] != "guarded" {
		return ctrl.Result{}, nil
	}
	before := object.DeepCopy()
	if !object.DeletionTimestamp.IsZero() {
		controllerutil.RemoveFinalizer(&object, finalizer)
	} else {
		controllerutil.AddFinalizer(&object, finalizer)
	}
	return ctrl.Result{}, g.Patch(ctx, &object, client.MergeFrom(before))
}

// managerFlow runs a controller-runtime manager: a finalizer comes, holds a deletion, and goes.
func managerFlow(ctx context.Context, w *world) error {
	manager, err := ctrl.NewManager(w.config, ctrl.Options{Metrics: server.Options{BindAddress: "0"}})
	if err != nil {
		return err
	}
	if err := ctrl.NewControllerManagedBy(manager).For(&corev1.Service{}).
		Complete(&guard{manager.GetClient()}); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- manager.Start(ctx) }()
	defer func() { stop(); <-ended }()
	object := service("guarded")
	object.Labels = map[string]string{"flow": "guarded"}
	services := w.clients.CoreV1().Services(w.namespace)
	if _, err := services.Create(ctx, object, metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := until("the finalizer", func() (bool, error) {
		found, err := services.Get(ctx, "guarded", metav1.GetOptions{})
		return err == nil && controllerutil.ContainsFinalizer(found, finalizer), err
	}); err != nil {
		return err
	}
	if err := services.Delete(ctx, "guarded", metav1.DeleteOptions{}); err != nil {
		return err
	}
	return until("the deletion", func() (bool, error) {
		_, err := services.Get(ctx, "guarded", metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return true, nil
		}
		return false, err
	})
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: kubeclients KUBECONFIG NAMESPACE")
		os.Exit(2)
	}
	log.SetLogger(zap.New())
	config, err := clientcmd.BuildConfigFromFlags("", os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	config.QPS, config.Burst = 100, 200
	w := &world{config: config, clients: kubernetes.NewForConfigOrDie(config), namespace: os.Args[2]}
	flows := []struct {
		name string
		run  func(context.Context, *world) error
	}{
		{"client-go: an informer sees a creation, a patch and a deletion", informerFlow},
		{"client-go: a lease is taken, renewed, and kept from a stale holder", leaseFlow},
		{"client-go: a Service gets the Pods and the EndpointSlice that it asks for", helperFlow},
		{"controller-runtime: a manager's reconciler guards a Service with a finalizer", managerFlow},
	}
	failed := false
	for number, flow := range flows {
		ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
		err := flow.run(ctx, w)
		cancel()
		if err != nil {
			failed = true
			fmt.Printf("not ok %d - %s\n  # %v\n", number+1, flow.name, err)
			continue
		}
		fmt.Printf("ok %d - %s\n", number+1, flow.name)
	}
	if failed {
		os.Exit(1)
	}
}
