//! Waits, tells the core what happened, carries its orders out, draws. Nothing here touches disk or network.
//!
//! It wakes only for input, a signal, a message, or the moment that the model names: an idle cockpit
//! does nothing at all. One frame is one write.

use std::process::Child;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::app::layout::Size;
use crate::app::update::last_orders;
use crate::app::{Cmd, Model, Msg, RunId, TerminalMsg, deadline, update};
use crate::store::Notice;
use crate::ui::{self, theme::Theme};

use super::clipboard;
use super::clock::Clock;
use super::compose::Edited;
use super::exec::Executor;
use super::idle::IdleFile;
use super::inbox::Inbox;
use super::input::{Decoder, Input};
use super::job;
use super::process::PanicIn;
use super::screen::Screen;
use super::signals::Signals;
use super::terminal::{self, Stopped, Terminal};

/// How long the first frame waits for the first data, so that both leave in one write.
const FIRST_DATA: Duration = Duration::from_millis(25);

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The person left.
    Quit,
    /// The terminal is gone.
    TerminalLost,
    /// A signal ended it.
    Signal(i32),
    /// A thread panicked; it is told already.
    Panicked,
}

/// Everything that a running cockpit consists of.
pub struct Session {
    /// What it draws on.
    pub terminal: Terminal,
    /// Signals as they come.
    pub signals: Signals,
    /// Messages from the other threads.
    pub inbox: Inbox,
    /// Carries out orders on other threads.
    pub executor: Executor,
    /// The core's state.
    pub model: Model,
    /// How things look.
    pub theme: Theme,
    /// Tells the time.
    pub clock: Clock,
    /// Tells tests when to look.
    pub idle: Option<IdleFile>,
    /// Whether colours are written.
    pub colours: bool,
    /// Where to panic on purpose.
    pub panic_in: Option<PanicIn>,
}

struct Running {
    session: Session,
    screen: ratatui::Terminal<Screen>,
    decoder: Decoder,
    inputs: u64,
    ending: Option<Ending>,
    /// Orders to compute, which wait for the frame: on a busy machine the other thread would have the processor first.
    after_frame: Vec<Cmd>,
    /// Whether the terminal has something to read, by the last look: a shared descriptor blocks otherwise.
    typed: bool,
}

/// Runs the cockpit until it ends. The terminal is given back before this returns; what could not be saved is told.
pub fn run(mut session: Session) -> std::io::Result<(Ending, Option<Notice>)> {
    let (columns, rows) = session.terminal.size();
    session.terminal.enter()?;
    if session.model.is_redacted() {
        session.terminal.wipe();
    }
    let Ok(screen) = ratatui::Terminal::new(Screen::new(columns, rows, session.colours));
    let mut running = Running {
        session,
        screen,
        decoder: Decoder::default(),
        inputs: 0,
        ending: None,
        after_frame: Vec::new(),
        typed: false,
    };
    running.begin();
    while running.ending.is_none() {
        running.turn();
    }
    running.session.terminal.leave();
    if matches!(running.ending, Some(Ending::TerminalLost | Ending::Signal(_))) {
        // Whoever closes the window has looked too, and what they were typing stays; who quits has said so.
        for order in last_orders(&mut running.session.model) {
            running.session.executor.carry_out(order);
        }
    }
    let unsaved = running.session.executor.stop();
    Ok((running.ending.unwrap_or(Ending::Quit), unsaved))
}

impl Running {
    /// The first frame, with the first data if it is there at once; only then the rest is begun.
    fn begin(&mut self) {
        let orders = self.session.model.first_orders();
        self.carry_out(orders);
        let until = Instant::now() + FIRST_DATA;
        while !(self.session.model.accounts.loaded && self.session.model.desk.loaded)
            && self.wait_for_message(until.saturating_duration_since(Instant::now()))
        {
            self.hear_messages();
        }
        self.draw();
        self.session.executor.first_frame_drawn();
    }

    /// One round: wait, hear, draw.
    fn turn(&mut self) {
        if !self.wait() {
            return;
        }
        self.tell_time();
        self.hear_signals();
        self.hear_messages();
        if std::mem::take(&mut self.typed) {
            self.hear_terminal();
        }
        if self.ending.is_none() {
            self.draw();
        }
        for order in std::mem::take(&mut self.after_frame) {
            self.session.executor.carry_out(order);
        }
    }

    /// Waits for anything to happen; `false` when nothing did that could change the screen.
    fn wait(&mut self) -> bool {
        let typing = self.decoder.wait();
        let until = self.until_deadline();
        let time = [typing, until].into_iter().flatten().min();
        match self.poll(time) {
            0 if typing.is_some() && time == typing => {
                let inputs = self.decoder.timeout();
                // A paste that falls silent is heard as well: from now on a key is a key.
                self.inputs += u64::from(inputs.is_empty());
                self.hear_inputs(inputs);
                true
            }
            _ => true,
        }
    }

    /// Waits for input, a signal or a message, and tells how many of the three there are.
    fn poll(&mut self, time: Option<Duration>) -> usize {
        let time = time.and_then(|time| Timespec::try_from(time).ok());
        let mut sources = [
            PollFd::new(&self.session.terminal, PollFlags::IN),
            PollFd::new(&self.session.signals, PollFlags::IN),
            PollFd::new(&self.session.inbox, PollFlags::IN),
        ];
        match poll(&mut sources, time.as_ref()) {
            Ok(count) => {
                let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
                let terminal = sources[0].revents();
                self.typed = terminal.contains(PollFlags::IN);
                if terminal.intersects(gone) && !terminal.contains(PollFlags::IN) {
                    self.ending = Some(Ending::TerminalLost);
                }
                count
            }
            // A signal came in between: its pipe says so at the next round.
            Err(rustix::io::Errno::INTR) => 1,
            Err(_) => {
                self.ending = Some(Ending::TerminalLost);
                0
            }
        }
    }

    /// Waits for a message alone, before the first frame.
    fn wait_for_message(&self, time: Duration) -> bool {
        let time = Timespec::try_from(time).ok();
        let mut source = [PollFd::new(&self.session.inbox, PollFlags::IN)];
        poll(&mut source, time.as_ref()).is_ok_and(|count| count > 0)
    }

    /// How long until the screen changes by itself. A fixed clock never gets there.
    fn until_deadline(&self) -> Option<Duration> {
        if self.session.clock != Clock::System {
            return None;
        }
        let left = deadline(&self.session.model)?.duration_since(self.session.clock.now());
        Some(Duration::try_from(left).unwrap_or(Duration::ZERO))
    }

    fn tell_time(&mut self) {
        let now: Timestamp = self.session.clock.now();
        self.tell(Msg::Clock(now));
    }

    fn hear_signals(&mut self) {
        self.session.signals.drain();
        if let Some(signal) = self.session.signals.ending() {
            self.ending = Some(if terminal::has_panicked() {
                Ending::Panicked
            } else {
                Ending::Signal(signal)
            });
        }
        if self.session.signals.take_continued() {
            // Someone stopped us from outside and the shell has had the terminal meanwhile.
            self.take_over_again();
        }
        if self.session.signals.take_resized() {
            self.measure();
        }
    }

    fn hear_messages(&mut self) {
        for message in self.session.inbox.take() {
            let is_refusal = matches!(&message, Msg::Outbox(answer) if answer.is_refusal());
            self.tell(message);
            if is_refusal {
                self.session.executor.refusal_is_heard();
            }
        }
    }

    fn hear_terminal(&mut self) {
        let mut bytes = [0; 4096];
        match self.session.terminal.read(&mut bytes) {
            Ok(0) => {}
            Ok(count) => {
                let inputs = self.decoder.push(&bytes[..count]);
                self.hear_inputs(inputs);
            }
            Err(stopped) => self.stop(&stopped),
        }
    }

    fn hear_inputs(&mut self, inputs: Vec<Input>) {
        for input in inputs {
            self.inputs += 1;
            PanicIn::reach(self.session.panic_in, PanicIn::EventLoop);
            self.tell(Msg::Terminal(match input {
                Input::Key(key) => TerminalMsg::Key(key),
                Input::Paste(text) => TerminalMsg::Pasted(text),
                Input::PasteCut(dropped) => TerminalMsg::PasteCut(dropped),
            }));
            if self.ending.is_some() {
                return;
            }
        }
    }

    fn tell(&mut self, message: Msg) {
        let orders = update(&mut self.session.model, message);
        self.carry_out(orders);
    }

    /// What concerns the terminal is done here, everything else on other threads.
    fn carry_out(&mut self, orders: Vec<Cmd>) {
        for order in orders {
            match order {
                Cmd::Quit => self.ending = Some(Ending::Quit),
                Cmd::Suspend => self.suspend(),
                Cmd::Compose { run, name, text } => self.compose(run, name, &text),
                Cmd::Redraw => self.redraw(),
                Cmd::Redact { on } => self.redact(on),
                Cmd::Copy { text } => self.copy(&text),
                Cmd::OrderBook { .. }
                | Cmd::PrepareOrders { .. }
                | Cmd::RankFuzzily { .. }
                | Cmd::Discard(_) => {
                    self.after_frame.push(order);
                }
                other => self.session.executor.carry_out(other),
            }
        }
    }

    fn suspend(&mut self) {
        self.session.terminal.leave();
        job::stop(&mut self.session.signals);
        self.take_over_again();
    }

    /// The person's own editor has the terminal until it ends.
    fn compose(&mut self, run: RunId, draft: String, text: &str) {
        let Session {
            terminal,
            signals,
            executor,
            ..
        } = &mut self.session;
        terminal.leave();
        let mut wait = |child: &mut Child| job::editor_ended(child, &*terminal, signals);
        let Edited { text, aside, file } = executor.compose(&draft, text, &mut wait);
        if self.session.signals.ending().is_none() {
            self.take_over_again();
        }
        self.tell(Msg::Terminal(TerminalMsg::Composed { run, text }));
        if let Some(aside) = aside {
            self.tell(Msg::Terminal(TerminalMsg::Told(aside)));
        }
        if let Some(file) = file {
            self.session.executor.composed(draft, file);
        }
        // What came meanwhile was taken out of its pipe: nothing else would wake us for it.
        self.hear_signals();
    }

    /// After the terminal was in other hands: raw mode, size and every cell anew.
    fn take_over_again(&mut self) {
        self.session.terminal.leave();
        if self.session.terminal.enter().is_err() {
            self.ending = Some(Ending::TerminalLost);
            return;
        }
        self.session.signals.take_continued();
        self.measure();
        self.redraw();
    }

    fn redraw(&mut self) {
        self.screen.backend_mut().forget();
        let Ok(()) = self.screen.clear();
    }

    /// What was on the screen and above it goes before the first frame for others.
    fn redact(&mut self, on: bool) {
        self.session.executor.redact(on);
        if on {
            self.session.terminal.wipe();
        }
        self.redraw();
    }

    fn measure(&mut self) {
        let (width, height) = self.session.terminal.size();
        self.screen.backend_mut().resize(width, height);
        self.tell(Msg::Terminal(TerminalMsg::Resized(Size { width, height })));
    }

    fn copy(&mut self, text: &str) {
        let sequence = clipboard::copy_sequence(text);
        if let Err(stopped) = self.session.terminal.write(&sequence, &mut self.session.signals) {
            self.stop(&stopped);
        }
    }

    fn draw(&mut self) {
        let Session { model, theme, .. } = &self.session;
        let Ok(_) = self.screen.draw(|frame| ui::view(model, theme, frame));
        let screen = self.screen.backend_mut();
        if !screen.bytes().is_empty() {
            let written = self
                .session
                .terminal
                .write(screen.bytes(), &mut self.session.signals);
            screen.sent();
            if let Err(stopped) = written {
                self.stop(&stopped);
            }
        }
        if let Some(idle) = &mut self.session.idle {
            let busy = !self.session.model.is_idle()
                || self.decoder.wait().is_some()
                || self.session.executor.is_busy()
                || !self.session.inbox.is_empty();
            idle.note(
                busy,
                self.inputs,
                self.session.terminal.written(),
                self.session.model.size,
            );
        }
    }

    fn stop(&mut self, stopped: &Stopped) {
        self.ending = Some(match stopped {
            Stopped::Lost => Ending::TerminalLost,
            Stopped::Panicked => Ending::Panicked,
            Stopped::Signal(_) if terminal::has_panicked() => Ending::Panicked,
            Stopped::Signal(signal) => Ending::Signal(*signal),
        });
    }
}
