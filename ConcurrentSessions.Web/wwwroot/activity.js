// Tells the portal, at most every 30 seconds, that a person is using the page, and whether it is one that could warn them. Only trusted input events count:
// a circuit's pings, timers and redraws keep no session alive.
const interval = 30_000;
let last = -interval;

async function tell(event) {
  const now = performance.now();
  if (!event.isTrusted || now - last < interval || !document.querySelector('form[action="/Account/Logout"]')) {
    return;
  }
  last = now;
  try {
    const live = document.querySelector('.mud-popover-provider') !== null;
    const answer = await fetch(`/api/session/activity${live ? '?page=live' : ''}`, { method: 'POST', credentials: 'same-origin', keepalive: true });
    // Its session ended before a live page came to life: it would answer nothing. What is typed into a form stays.
    if (answer.status === 401 && live) {
      location.reload();
    }
  } catch {
    // Offline: the next input tries again.
    last = -interval;
  }
}

for (const input of ['pointerdown', 'keydown', 'wheel', 'touchstart']) {
  document.addEventListener(input, tell, { capture: true, passive: true });
}

// The last sign-in is also said in the browser's own time: in words of the page, where they may come with a circuit at any moment.
const localTimes = () => {
  for (const place of document.querySelectorAll('[data-local-time]:empty')) {
    const local = new Date(place.dataset.localTime);
    place.textContent = `, ${local.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })} your time`;
  }
};
new MutationObserver(localTimes).observe(document.documentElement, { childList: true, subtree: true });
localTimes();

// Times are UTC in the page; whoever points at one reads it in the browser's own time zone as well.
document.addEventListener('pointerover', event => {
  const time = event.target.closest?.('time[datetime]');
  if (time && !time.dataset.local) {
    time.dataset.local = 'true';
    const local = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' });
    time.title = `${local} (${time.title})`;
  }
}, { passive: true });
