// Shows the dialog of ReconnectDialog.razor while a circuit is cut off.
// Listeners sit on the document: enhanced navigation may replace the dialog at any time.
const dialog = () => document.getElementById('components-reconnect-modal');

// A circuit is for who is signed in: a page whose session has ended while it was away is loaded again, and says so.
async function leaveIfSignedOut() {
  try {
    if ((await fetch('/api/session')).status === 401) {
      location.reload();
    }
  } catch {
    // Out of reach: there is nothing to know yet.
  }
}

function onState({ detail }) {
  const { state } = detail;
  if (state === 'show' || state === 'failed') {
    leaveIfSignedOut();
  }
  if (state === 'hide') {
    dialog().close();
  } else if (state === 'rejected') {
    location.reload();
  } else if (!dialog().open) {
    dialog().showModal();
  }
}

async function retry() {
  try {
    if (!await Blazor.reconnect() && !await Blazor.resumeCircuit()) {
      location.reload();
    }
  } catch {
    // Still out of reach: the dialog stays, and looking at the page again is another try.
  }
}

async function resume() {
  if (!await Blazor.resumeCircuit().catch(() => false)) {
    location.reload();
  }
}

const actions = { retry, resume, reload: () => location.reload() };

// The event does not bubble; the capture phase sees it all the same.
document.addEventListener('components-reconnect-state-changed', onState, true);
document.addEventListener('click', event => actions[event.target.closest?.('[data-reconnect]')?.dataset.reconnect]?.());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && dialog()?.classList.contains('components-reconnect-failed')) {
    retry();
  }
});
